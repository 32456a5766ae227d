package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Consumer;

/**
 * Cuts what a command prints into lines, in bounded memory. A line ends with a line feed or a
 * carriage return, as progress bars draw; empty lines between the two are none. What of a line is
 * over {@link #LINE_BYTES_MAX} is dropped and its size said; what is no UTF-8, and zeros, which no
 * database keeps, become U+FFFD. Not thread-safe.
 */
final class LineSplitter {
    static final int LINE_BYTES_MAX = 8 * 1024;

    private final Consumer<String> lines;
    private final byte[] line = new byte[LINE_BYTES_MAX];
    private int length;
    private long cutBytes;
    private boolean afterReturn;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    void accept(byte[] bytes, int count) {
        int from = 0;
        for (int i = 0; i < count; i++) {
            byte next = bytes[i];
            if (next != '\n' && next != '\r') continue;
            add(bytes, from, i);
            boolean secondHalfOfEnd = next == '\n' && afterReturn && i == from;
            if (!secondHalfOfEnd) end();
            afterReturn = next == '\r';
            from = i + 1;
        }
        add(bytes, from, count);
    }

    /** Hands over a last line that has no end. */
    void close() {
        if (length > 0) end();
    }

    private void add(byte[] bytes, int from, int to) {
        if (from == to) return;
        afterReturn = false;
        int room = Math.min(to - from, LINE_BYTES_MAX - length);
        System.arraycopy(bytes, from, line, length, room);
        length += room;
        cutBytes += to - from - room;
    }

    private void end() {
        int whole = cutBytes == 0 ? length : wholeCharacters();
        String text = new String(line, 0, whole, UTF_8).replace('\0', '\uFFFD');
        lines.accept(cutBytes == 0 ? text : text + " … [" + cutBytes + " bytes cut]");
        length = 0;
        cutBytes = 0;
    }

    /** The length without a character that the cut went through. */
    private int wholeCharacters() {
        int start = length - 1;
        while (start > length - 4 && (line[start] & 0xC0) == 0x80) start--;
        int lead = line[start] & 0xFF;
        int wanted = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        return start + wanted > length ? start : length;
    }
}
