package dev.pawl.worker.executor;

import dev.pawl.core.Token;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells by a process's environment whose it is. A child inherits it however it was started, also
 * when it left its parent and its session; only a child that was given a new environment lacks it.
 */
sealed interface Marker {
    String LEASE = "PAWL_LEASE";
    // Not PAWL_DATA, which is the setting that names the data folder of a pawl that a command runs.
    String DATA = "PAWL_DATA_ID";
    String WORKER = "PAWL_WORKER";

    /** Whether it is in an environment in the form of proc(5): each entry ends with a zero. */
    boolean isIn(String environment);

    /** What the command of one attempt started. */
    record OfAttempt(Token token) implements Marker {
        String value() {
            return token.lease() + ":" + token.job();
        }

        @Override
        public boolean isIn(String environment) {
            return holds(environment, LEASE + "=" + value());
        }
    }

    /** What commands of workers on this data folder started whose worker has ended. */
    record OfEndedWorkers(String data, Workplace here) implements Marker {
        private static final Pattern ENTRY =
                Pattern.compile("(?:^|\0)" + WORKER + "=([^\0]*)(?:\0|$)");

        @Override
        public boolean isIn(String environment) {
            if (!holds(environment, DATA + "=" + data)) return false;
            Matcher entry = ENTRY.matcher(environment);
            return entry.find() && Owner.parse(entry.group(1)).filter(here::hasEnded).isPresent();
        }
    }

    private static boolean holds(String environment, String entry) {
        return ("\0" + environment + "\0").contains("\0" + entry + "\0");
    }
}
