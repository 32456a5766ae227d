package dev.pawl.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands bytes on to a server, and cuts its first connections off. */
final class LossyProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final AtomicInteger left;
    private final int passing;
    private final AtomicInteger lost = new AtomicInteger();

    /** Loses the answers on that many connections. */
    LossyProxy(int target, int losses) throws IOException {
        this(target, losses, 0);
    }

    /** Cuts off that many connections after some parts of their answers. */
    LossyProxy(int target, int losses, int passing) throws IOException {
        this.passing = passing;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        this.left = new AtomicInteger(losses);
        Thread.ofVirtual().name("lossy-proxy").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** How many answers were lost. */
    int lost() {
        return lost.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            Thread.ofVirtual().start(() -> pipe(client, server));
            InputStream answers = server.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[8_192];
            int passed = 0;
            for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) {
                if (passed++ >= passing && left.getAndDecrement() > 0) {
                    lost.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException gone) {
            // One of the two has hung up; so does the proxy.
        }
    }

    private static void pipe(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException gone) {
            // The other direction ends the connection.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
