package dev.pawl.tool;

/** JSON pointers (RFC 6901) as text. */
final class Pointer {
    private Pointer() {}

    static String child(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    static String child(String pointer, int index) {
        return pointer + "/" + index;
    }
}
