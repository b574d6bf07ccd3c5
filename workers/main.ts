// A process that only works: the same start as the server, with the one service named.
process.env['SERVICES'] = 'worker'
await import('../src/main.ts')
