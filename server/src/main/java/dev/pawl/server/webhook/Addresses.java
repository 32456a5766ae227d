package dev.pawl.server.webhook;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The addresses of a name, none of them private. Whoever connects does so to one of these, and asks
 * for the name no second time: a name that answers differently the next time gains nothing.
 *
 * <p>What is public: of IPv4 all but the special-purpose registry's blocks, of IPv6 what is global
 * unicast and no way to wrap another address (https://www.iana.org/assignments/ipv4-address-space,
 * iana-ipv4-special-registry, iana-ipv6-special-registry).
 */
record Addresses(boolean privateAllowed, Names names) {
    /** Finds the addresses of a name; a test may have a table of its own. */
    interface Names {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /** A name that leads into a private network. */
    static final class PrivateAddress extends IOException {
        private static final long serialVersionUID = 1;

        PrivateAddress(String host, InetAddress address) {
            super(
                    "%s is at %s, which is private; webhooks.private allows that"
                            .formatted(host, address.getHostAddress()));
        }
    }

    /** First byte, and so on; then how many bits of them count. */
    private static final int[][] PRIVATE = {
        {0, 0, 0, 0, 8}, {10, 0, 0, 0, 8}, {100, 64, 0, 0, 10}, {127, 0, 0, 0, 8},
        {169, 254, 0, 0, 16}, {172, 16, 0, 0, 12}, {192, 0, 0, 0, 24}, {192, 0, 2, 0, 24},
        {192, 88, 99, 0, 24}, {192, 168, 0, 0, 16}, {198, 18, 0, 0, 15}, {198, 51, 100, 0, 24},
        {203, 0, 113, 0, 24}, {224, 0, 0, 0, 4}, {240, 0, 0, 0, 4},
    };

    /**
     * All addresses of the name.
     *
     * @throws PrivateAddress when one of them is private, and that isn't allowed
     */
    InetAddress[] of(String host) throws IOException {
        // A URI has an IPv6 address in brackets.
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        InetAddress[] all = names.of(name);
        if (!privateAllowed)
            for (InetAddress each : all) if (!isPublic(each)) throw new PrivateAddress(host, each);
        return all;
    }

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        // Java has made an IPv4 address of one that was mapped into IPv6.
        if (address instanceof Inet4Address) return isPublicIpv4(bytes, 0);
        boolean global = (bytes[0] & 0xe0) == 0x20;
        if (!global) {
            // Through a NAT64 translator (RFC 6052) it is the IPv4 address at its end.
            byte[] translated = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
            return begins(bytes, translated) && isPublicIpv4(bytes, 12);
        }
        boolean protocols = bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] & 0xfe) == 0;
        boolean documentation =
                begins(bytes, new byte[] {0x20, 0x01, 0x0d, (byte) 0xb8})
                        || begins(bytes, new byte[] {0x3f, (byte) 0xff});
        boolean sixToFour = begins(bytes, new byte[] {0x20, 0x02});
        return !protocols && !documentation && !sixToFour;
    }

    private static boolean begins(byte[] bytes, byte[] with) {
        for (int i = 0; i < with.length; i++) if (bytes[i] != with[i]) return false;
        return true;
    }

    private static boolean isPublicIpv4(byte[] bytes, int from) {
        long address = number(bytes, from);
        for (int[] block : PRIVATE) {
            long start =
                    (long) block[0] << 24 | (long) block[1] << 16 | (long) block[2] << 8 | block[3];
            int free = 32 - block[4];
            if (address >> free == start >> free) return false;
        }
        return true;
    }

    private static long number(byte[] bytes, int from) {
        long number = 0;
        for (int i = from; i < from + 4; i++) number = number << 8 | (bytes[i] & 0xff);
        return number;
    }
}
