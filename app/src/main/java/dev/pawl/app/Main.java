package dev.pawl.app;

/** Where {@code pawl} starts. Knows {@code version} only, so far. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("version")) {
            System.out.println("pawl " + version());
            return;
        }
        System.err.println("pawl: the only command so far is \"version\"");
        System.exit(64);
    }

    /** From the jar's manifest; "dev" when run from a folder of classes. */
    private static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
