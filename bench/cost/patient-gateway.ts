/** A gateway that holds no lists of its own: what is forgotten in the store is forgotten, so the same users can be asked for again. */
export const forgetful = { LAST_LISTS_MAX: '0' };

/** And one that waits for its workers as long as it takes: a closed loop is for what an answer costs, on a crowded machine, too. */
export const patient = { ...forgetful, REPLY_TIMEOUT_MS: '5000', LOOKUP_TIMEOUT_MS: '1000', LOOP_LATE_MAX_MS: '5000' };
