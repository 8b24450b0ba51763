// Telemetry room: which version of the product this is. Generated from package.json by `make generate`.

/** As in package.json, for example 1.2.3. */
export const VERSION = '0.1.0';
