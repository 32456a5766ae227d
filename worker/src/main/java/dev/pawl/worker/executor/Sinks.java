package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.LogLine;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a command's outputs go: its log, line by line, or a file. */
final class Sinks {
    private static final Pattern PROGRESS =
            Pattern.compile("pawl: progress (0(?:\\.\\d*)?|1(?:\\.0*)?|\\.\\d+)(?:\\s+(.*))?");

    private Sinks() {}

    /** Takes lines to the log; remembers the last that says something. */
    static final class Log implements OutputReader.Sink {
        private final Attempt attempt;
        private final LogLine.Stream stream;
        private final Signs signs;
        private final LineSplitter lines = new LineSplitter(this::line);
        private volatile String last = "";

        Log(Attempt attempt, LogLine.Stream stream, Signs signs) {
            this.attempt = attempt;
            this.stream = stream;
            this.signs = signs;
        }

        /** The last line that isn't blank; empty when there was none. */
        String last() {
            return last;
        }

        @Override
        public void accept(byte[] bytes, int count) {
            if (stream == LogLine.Stream.STDOUT) signs.stdout(bytes, count);
            lines.accept(bytes, count);
        }

        @Override
        public void close() {
            lines.close();
        }

        private void line(String text) {
            Matcher progress = PROGRESS.matcher(text);
            if (progress.matches()) {
                String what = progress.group(2);
                attempt.progress(
                        Double.parseDouble(progress.group(1)), what == null ? "" : what.strip());
                return;
            }
            if (!text.isBlank()) last = text;
            signs.line(text);
            attempt.log(stream, text);
        }
    }

    /** Takes all of stdout to a file. */
    static final class File implements OutputReader.Sink {
        private final FileOutputStream out;
        private final Signs signs;

        File(Path path, Signs signs) throws IOException {
            this.signs = signs;
            this.out = new FileOutputStream(path.toFile());
        }

        @Override
        public void accept(byte[] bytes, int count) throws IOException {
            signs.stdout(bytes, count);
            out.write(bytes, 0, count);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
