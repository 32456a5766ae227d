package dev.pawl.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.SystemTime;
import dev.pawl.testkit.ArtifactsContract;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileArtifactsTest implements ArtifactsContract {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    @TempDir Path folder;
    private FileArtifacts artifacts;

    @BeforeEach
    void open() {
        artifacts = new FileArtifacts(folder, new SystemTime());
    }

    @Override
    public FileArtifacts artifacts() {
        return artifacts;
    }

    @Test
    void aFolderThatIsGoneIsTrouble() throws IOException {
        Path root = folder.resolve("here");
        try (var here = new FileArtifacts(root, new SystemTime())) {
            assertThat(here.trouble()).isEmpty();
            Files.delete(root.resolve("writing"));
            assertThat(here.trouble()).get().asString().contains("writing");
        }
    }

    @Test
    void aFullDiskIsRefusedNamingTheFolderAndLeavesNothing() throws IOException {
        var full = new FileArtifacts(folder, new SystemTime(), FileArtifactsTest::withoutRoom);

        assertThatThrownBy(() -> full.put("a", "", content("abc")))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL))
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("bytes free");
        assertThat(artifacts.open(OF_ABC)).isEmpty();
        assertThat(folder.resolve("writing")).isEmptyDirectory();
    }

    @Test
    void whatNobodyNeedsIsRemovedWhenItIsOldEnough() throws IOException {
        Artifact old = aged(artifacts.put("a", "", content("abc")));
        Artifact needed = aged(artifacts.put("b", "", content("needed")));
        Artifact young = artifacts.put("c", "", content("young"));

        var pruned = artifacts.prune(LONG_AGO, hashes -> without(hashes, needed.sha256()));

        assertThat(pruned).isEqualTo(new Artifacts.Pruned(1, 3));
        assertThat(artifacts.open(old.sha256())).isEmpty();
        assertThat(artifacts.verify(needed)).isTrue();
        assertThat(artifacts.verify(young)).isTrue();
        assertThat(folder.resolve("writing")).isEmptyDirectory();
    }

    @Test
    void whatSomebodyCameToNeedMeanwhileComesBack() throws IOException {
        Artifact old = aged(artifacts.put("a", "", content("abc")));
        var asked = new ArrayList<Boolean>();

        var pruned =
                artifacts.prune(
                        LONG_AGO,
                        hashes -> {
                            asked.add(artifacts.file(old.sha256()).isPresent());
                            return asked.size() == 1 ? hashes : Set.of();
                        });

        assertThat(asked)
                .as("it can be found when first asked, not later")
                .containsExactly(true, false);
        assertThat(pruned.contents()).isZero();
        assertThat(artifacts.verify(old)).isTrue();
        assertThat(folder.resolve("writing")).isEmptyDirectory();
    }

    @Test
    void whatIsPutAgainMeanwhileStays() throws IOException {
        Artifact old = aged(artifacts.put("a", "", content("abc")));

        artifacts.prune(
                LONG_AGO,
                hashes -> {
                    artifacts.put("again", "", content("abc"));
                    return hashes;
                });

        assertThat(artifacts.verify(old)).isTrue();
    }

    @Test
    void whenNobodyKnowsWhatIsNeededAllComesBack() throws IOException {
        Artifact old = aged(artifacts.put("a", "", content("abc")));
        var asked = new ArrayList<Integer>();

        assertThatThrownBy(() ->
                        artifacts.prune(
                                LONG_AGO,
                                hashes -> {
                                    asked.add(hashes.size());
                                    if (asked.size() == 1) return hashes;
                                    throw new IllegalStateException("the store is away");
                                }))
                .hasMessage("the store is away");
        assertThat(artifacts.verify(old)).isTrue();
    }

    private Artifact aged(Artifact artifact) throws IOException {
        Path file = artifacts.file(artifact.sha256()).orElseThrow();
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.minusSeconds(1)));
        return artifact;
    }

    private static Set<String> without(Set<String> hashes, String hash) {
        var left = new HashSet<>(hashes);
        left.remove(hash);
        return left;
    }

    @Test
    void aFileThatWentBadIsNotRightUntilItsContentIsPutAgain() throws IOException {
        Artifact kept = artifacts.put("a", "", content("abc"));
        Files.writeString(artifacts.file(kept.sha256()).orElseThrow(), "abd");

        boolean bad = artifacts.verify(kept);
        artifacts.put("again", "", content("abc"));

        assertThat(bad).isFalse();
        assertThat(artifacts.verify(kept)).isTrue();
    }

    @Test
    void whatACrashedWriterLeftIsRemovedOnceItIsOld() throws IOException {
        Path left = Files.writeString(folder.resolve("writing/1.blob"), "hal");
        Path current = Files.writeString(folder.resolve("writing/2.blob"), "hal");
        var now = new SystemTime().instant();
        Files.setLastModifiedTime(left, FileTime.from(now.minus(Duration.ofMinutes(61))));
        Files.setLastModifiedTime(current, FileTime.from(now.minus(Duration.ofMinutes(59))));

        open();

        assertThat(left).doesNotExist();
        assertThat(current).exists();
    }

    @Test
    void contentsLieBelowTwoDigitsOfTheirHash() {
        artifacts.put("a", "", content("abc"));

        assertThat(folder.resolve("blobs/ba").resolve(OF_ABC.substring(2))).hasContent("abc");
    }

    @Test
    void aFolderThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> new FileArtifacts(file, new SystemTime()))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining(file.toString());
    }

    private static FileOutputStream withoutRoom(File file) throws IOException {
        return new FileOutputStream(file) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                throw new IOException("No space left on device");
            }
        };
    }

    private static ByteArrayInputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
