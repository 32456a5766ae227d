package dev.pawl.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;

/** A process of its own that opens connections and keeps them: one process may not have enough. */
final class ManyConnections {
    private ManyConnections() {}

    /** Arguments: port, number. Prints a line once all are open; ends when its stdin does. */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        int number = Integer.parseInt(arguments[1]);
        var open = new ArrayList<Socket>();
        for (int i = 0; i < number; i++)
            open.add(new Socket(InetAddress.getLoopbackAddress(), port));
        System.out.println("open " + open.size());
        while (System.in.read() >= 0) {
            // Whoever started this process says when it is over.
        }
        for (Socket one : open) one.close();
    }
}
