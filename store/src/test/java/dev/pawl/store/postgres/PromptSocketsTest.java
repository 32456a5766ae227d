package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PromptSocketsTest {
    private ServerSocket server;
    private Socket socket;
    private Socket other;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = new PromptSockets().createSocket();
        socket.connect(server.getLocalSocketAddress());
        other = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        other.close();
        server.close();
    }

    @Test
    void aLookThatFindsNothingEnds() throws IOException {
        socket.setSoTimeout(1);

        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("nothing is there");
    }

    @Test
    void aLookFindsWhatIsThere() throws IOException {
        other.getOutputStream().write(new byte[] {7, 8});
        // The second byte comes with the first.
        assertThat(socket.getInputStream().read()).isEqualTo(7);
        socket.setSoTimeout(1);

        assertThat(socket.getInputStream().read()).isEqualTo(8);
    }

    @Test
    void everyOtherReadWaits() throws Exception {
        var read = new CompletableFuture<Integer>();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                read.complete(socket.getInputStream().read());
                            } catch (IOException e) {
                                read.completeExceptionally(e);
                            }
                        });
        while (!reader.isAlive() || !isReading(reader)) {
            assertThat(read).isNotDone();
            Thread.onSpinWait();
        }

        other.getOutputStream().write(7);

        assertThat(read.get()).isEqualTo(7);
        reader.join();
    }

    /** A thread in a native read is RUNNABLE: its stack says where it is. */
    private static boolean isReading(Thread reader) {
        return Arrays.stream(reader.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch"));
    }
}
