/**
 * Runs `work` over stores that share one database transaction; a throw rolls all of it back.
 * Inside, use only the stores handed in, and never the network: the one embedded connection is held meanwhile.
 */
export type Transact<Stores> = <T>(work: (stores: Stores) => Promise<T>) => Promise<T>;
