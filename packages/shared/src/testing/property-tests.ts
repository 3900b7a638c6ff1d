/** For rooms that state their guarantees over random histories. */
export * as fc from 'fast-check';
