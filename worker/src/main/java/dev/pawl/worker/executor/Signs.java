package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pawl.tool.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;

/** Looks for the signs of an error in what a command prints. Both outputs may be fed at once. */
final class Signs {
    private static final int HEAD_BYTES = 4096;

    private final List<Run.Sign> signs;
    private final Map<Integer, String> found = new ConcurrentSkipListMap<>();
    // Written by the thread that reads stdout, which has ended when it is read.
    private final byte[] head = new byte[HEAD_BYTES];
    private int headLength;

    /** A sign and the words that were it. */
    record Found(Run.Sign sign, String words) {
        String message() {
            String message = sign.message().isEmpty() ? words.strip() : sign.message();
            return sign.packages().isEmpty()
                    ? message
                    : message + "; " + Programs.install(sign.packages());
        }
    }

    Signs(List<Run.Sign> signs) {
        this.signs = signs;
    }

    /** A line of the log. */
    void line(String line) {
        for (int i = 0; i < signs.size(); i++)
            if (signs.get(i).stream() == Run.Stream.LOG
                    && !found.containsKey(i)
                    && signs.get(i).pattern().matcher(line).find()) found.put(i, line);
    }

    /** The next bytes of stdout. */
    void stdout(byte[] bytes, int count) {
        int room = Math.min(count, HEAD_BYTES - headLength);
        if (room == 0) return;
        System.arraycopy(bytes, 0, head, headLength, room);
        headLength += room;
    }

    /** The first of the tool's signs that was found. */
    Optional<Found> first() {
        String start = new String(head, 0, headLength, UTF_8);
        for (int i = 0; i < signs.size(); i++) {
            String line = found.get(i);
            if (line != null) return Optional.of(new Found(signs.get(i), line));
            if (signs.get(i).stream() != Run.Stream.STDOUT) continue;
            Matcher matcher = signs.get(i).pattern().matcher(start);
            if (matcher.find()) return Optional.of(new Found(signs.get(i), matcher.group()));
        }
        return Optional.empty();
    }
}
