package dev.pawl.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.PawlException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every keeper of artifacts must do. */
public interface ArtifactsContract {
    /** SHA-256 of no bytes at all. */
    String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /** SHA-256 of {@code abc}: FIPS 180-2, B.1. */
    String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /** The same, empty, keeper for the whole of one test. */
    Artifacts artifacts();

    @Test
    default void whatWasPutIsRead() throws IOException {
        Artifact kept = put("out/a.txt", "abc");

        assertThat(kept).isEqualTo(new Artifact("out/a.txt", 3, OF_ABC, "text/plain"));
        assertThat(contentOf(OF_ABC)).isEqualTo("abc");
        assertThat(artifacts().verify(kept)).isTrue();
    }

    @Test
    default void anEmptyFileIsAFile() throws IOException {
        Artifact kept = put("empty", "");

        assertThat(kept.sha256()).isEqualTo(OF_NOTHING);
        assertThat(contentOf(OF_NOTHING)).isEmpty();
    }

    @Test
    default void aLargeFileIsReadWhole() throws IOException {
        var content = new byte[3_000_001];
        new Random(7).nextBytes(content);

        Artifact kept = artifacts().put("big", "", new ByteArrayInputStream(content));

        try (InputStream in = artifacts().open(kept.sha256()).orElseThrow()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
        assertThat(artifacts().verify(kept)).isTrue();
    }

    @Test
    default void whatIsNotHereIsEmpty() {
        assertThat(artifacts().open(OF_ABC)).isEmpty();
        assertThat(artifacts().file(OF_ABC)).isEmpty();
        assertThat(artifacts().verify(new Artifact("a", 3, OF_ABC, ""))).isFalse();
    }

    @Test
    default void aHashThatIsNoneFindsNothing() {
        for (String hash : new String[] {"", "..", "../../../etc/passwd", "BA78", "zz"}) {
            assertThat(artifacts().open(hash)).isEmpty();
            assertThat(artifacts().file(hash)).isEmpty();
        }
    }

    @Test
    default void aFileToReadFromHasTheContent() throws IOException {
        put("a", "abc");

        var file = artifacts().file(OF_ABC);

        if (file.isPresent()) assertThat(Files.readString(file.get())).isEqualTo("abc");
    }

    @Test
    default void theSameContentUnderTwoNamesIsOneContent() throws IOException {
        Artifact first = put("a", "abc");
        Artifact second = put("b", "abc");

        assertThat(second.sha256()).isEqualTo(first.sha256());
        assertThat(second.name()).isEqualTo("b");
        assertThat(contentOf(OF_ABC)).isEqualTo("abc");
    }

    @Test
    default void anotherSizeIsNotRight() {
        Artifact kept = put("a", "abc");

        assertThat(artifacts().verify(new Artifact("a", 4, kept.sha256(), ""))).isFalse();
    }

    @Test
    default void aNameThatLeadsOutsideIsRefused() {
        assertThatThrownBy(() -> put("../a", "abc")).isInstanceOf(IllegalArgumentException.class);
        assertThat(artifacts().open(OF_ABC)).isEmpty();
    }

    @Test
    default void aSourceThatBreaksLeavesNothing() {
        var source = new SequenceInputStream(stream("abc"), new BrokenStream());

        assertThatThrownBy(() -> artifacts().put("a", "", source))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("line cut");
        assertThat(artifacts().open(OF_ABC)).isEmpty();
    }

    @Test
    default void anInterruptedThreadKeepsWhatItHas() throws IOException {
        Thread.currentThread().interrupt();
        boolean stillInterrupted;
        try {
            put("a", "abc");
        } finally {
            stillInterrupted = Thread.interrupted();
        }

        assertThat(stillInterrupted).isTrue();
        assertThat(contentOf(OF_ABC)).isEqualTo("abc");
    }

    @Test
    default void manyWritersOfTheSameFewContentsAgree()
            throws InterruptedException, ExecutionException {
        var hashes = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var puts =
                    IntStream.range(0, 64)
                            .<Callable<Artifact>>mapToObj(i -> () -> put("f" + i, "text " + i % 4))
                            .toList();
            for (var put : threads.invokeAll(puts)) hashes.add(put.get().sha256());
        }

        assertThat(hashes).hasSize(4);
        assertThat(hashes).allSatisfy(hash -> assertThat(contentOf(hash)).startsWith("text "));
    }

    /** Fails at its first byte. */
    final class BrokenStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("line cut");
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            throw new IOException("line cut");
        }
    }

    private Artifact put(String name, String content) {
        return artifacts().put(name, "text/plain", stream(content));
    }

    private String contentOf(String sha256) throws IOException {
        try (InputStream in = artifacts().open(sha256).orElseThrow()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
