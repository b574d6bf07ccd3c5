import { manufacturers } from './organisations/manufacturers.ts'
import { partners } from './organisations/partners.ts'
import { vendors } from './organisations/vendors.ts'
import type { OrganisationSeed } from './shapes.ts'

export const organisations: OrganisationSeed[] = [...manufacturers, ...vendors, ...partners]
