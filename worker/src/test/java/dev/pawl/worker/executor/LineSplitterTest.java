package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    @Test
    void everyKindOfLineEndEndsALineOnce() {
        feed("a\nb\r\nc\rd\n\ne", 64);

        assertThat(lines).containsExactly("a", "b", "c", "d", "", "e");
    }

    @Test
    void aLineEndMayComeInTwoPieces() {
        feed("a\r\n\r\nb\n\nc", 1);

        assertThat(lines).containsExactly("a", "", "b", "", "c");
    }

    @Test
    void aLongLineIsCutAndSaysByHowMuch() {
        feed("x".repeat(10_000) + "\nnext", 999);

        assertThat(lines).containsExactly("x".repeat(8192) + " … [1808 bytes cut]", "next");
    }

    @Test
    void aCutNeverGoesThroughACharacter() {
        feed("x" + "€".repeat(4_000), 100);

        assertThat(lines.getFirst())
                .startsWith("x" + "€".repeat(2730) + " … [")
                .doesNotContain("\uFFFD");
    }

    @Test
    void whatIsNoTextIsReplaced() {
        splitter.accept(new byte[] {'a', 0, (byte) 0xFF, (byte) 0xC3, '\n'}, 5);

        assertThat(lines).containsExactly("a\uFFFD\uFFFD\uFFFD");
    }

    private void feed(String text, int pieceBytes) {
        byte[] bytes = text.getBytes(UTF_8);
        for (int from = 0; from < bytes.length; from += pieceBytes) {
            int count = Math.min(pieceBytes, bytes.length - from);
            splitter.accept(java.util.Arrays.copyOfRange(bytes, from, from + count), count);
        }
        splitter.close();
    }
}
