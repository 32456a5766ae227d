package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
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
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                other.getOutputStream().write(7);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });

        assertThat(socket.getInputStream().readNBytes(1)).containsExactly(7);
        writer.join();
    }
}
