/**
 * The one way to zod: its small variant, so that the program behind the hooks stays small. Use it as
 * `import * as z from './schema'`; the name `z` that it has too brings in all of zod, 430 kB instead of 20.
 */
export * from 'zod/mini';
