package dev.pawl.store;

/**
 * Jobs that stand in one line, because the same limits hold them back.
 *
 * @param key of their limit; 0 for none
 */
record Line(Names.Lane lane, long key) {}
