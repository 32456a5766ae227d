package dev.pawl.store.copy;

import dev.pawl.store.CopiedRow;
import java.math.BigInteger;
import java.util.Arrays;

/** The sum of rows' hashes, in whatever order they come. Not thread-safe. */
final class HashSum {
    private static final int BYTES = 16;
    private static final BigInteger MODULUS = BigInteger.TWO.pow(8 * BYTES);

    private BigInteger sum = BigInteger.ZERO;
    private long rows;

    void add(CopiedRow row) {
        byte[] hash = Arrays.copyOf(row.hash(), BYTES);
        sum = sum.add(new BigInteger(1, hash)).mod(MODULUS);
        rows++;
    }

    long rows() {
        return rows;
    }

    String hex() {
        return "%032x".formatted(sum);
    }
}
