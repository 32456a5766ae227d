package dev.pawl.bench;

import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.Rate;
import dev.pawl.core.Submission;
import java.util.Locale;

/** What holds the jobs of a benchmark back. Other tests' jobs have none. */
enum PawlLimits {
    /** What the others are compared with. */
    NONE(0, 0),
    /** Every tenth job, one at a time; the others beside it have none. */
    BESIDE(1, 1),
    /** Each of 100 keys runs 20 at once. */
    KEYS_100(100, 20),
    KEYS_10000(10_000, 20),
    KEYS_10000_ALONE(10_000, 1),
    /** One of 100 keys has 99 % of the jobs. */
    LONG_KEY(100, 200);

    private final int keys;
    private final int max;

    PawlLimits(int keys, int max) {
        this.keys = keys;
        this.max = max;
    }

    static PawlLimits of(String name) {
        for (PawlLimits each : values()) if (name.endsWith(each.wire())) return each;
        return NONE;
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How many of so many jobs a drain waits for; of those that others are beside none. */
    int counted(int jobs) {
        return this == BESIDE ? jobs * 9 / 10 : jobs;
    }

    void limit(Submission.Builder job, int number) {
        if (this == NONE || (this == BESIDE && number % 10 != 0)) return;
        int key = this == LONG_KEY && number % 100 != 0 ? 0 : number / 100 % keys;
        if (this == KEYS_100 || this == KEYS_10000 || this == KEYS_10000_ALONE) key = number % keys;
        var all = new Limit("tool:mail@1", Integer.MAX_VALUE);
        job.limit(all.per("site", new LimitKey(Integer.toString(key), max, Rate.NONE)));
    }
}
