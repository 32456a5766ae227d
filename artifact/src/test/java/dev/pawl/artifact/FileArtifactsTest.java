package dev.pawl.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Artifact;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileArtifactsTest implements ArtifactsContract {
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
