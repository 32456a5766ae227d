package dev.pawl.store.postgres;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets for a connection that listens. After each notification the driver looks whether there are
 * more, by a read that waits for a millisecond; here that read ends at once when nothing is there,
 * and the notification is heard a millisecond sooner. A later one wakes the next read.
 *
 * <p>Public only because the driver makes one, by its name. Thread-safe.
 */
public final class PromptSockets extends SocketFactory {
    /** How long the driver's look waits at most, by which such a read is known. */
    private static final int LOOK_MILLIS = 1;

    private static final class Prompt extends Socket {
        @Override
        public InputStream getInputStream() throws IOException {
            return new PromptInput(this, super.getInputStream());
        }
    }

    private static final class PromptInput extends FilterInputStream {
        private final Socket socket;

        PromptInput(Socket socket, InputStream real) {
            super(real);
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            requireSomething();
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            requireSomething();
            return in.read(bytes, from, length);
        }

        private void requireSomething() throws IOException {
            if (socket.getSoTimeout() == LOOK_MILLIS && in.available() == 0)
                throw new SocketTimeoutException("nothing is there");
        }
    }

    @Override
    public Socket createSocket() {
        return new Prompt();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(0));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
            throws IOException {
        return connected(
                new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
            throws IOException {
        return createSocket(host.getHostAddress(), port, localHost, localPort);
    }

    private static Socket connected(InetSocketAddress to, InetSocketAddress from)
            throws IOException {
        var socket = new Prompt();
        boolean done = false;
        try {
            socket.bind(from);
            socket.connect(to);
            done = true;
            return socket;
        } finally {
            if (!done) socket.close();
        }
    }
}
