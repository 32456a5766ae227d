package dev.pawl.worker.executor;

import dev.pawl.core.ErrorClass;
import java.util.Map;

/**
 * What a command's exit code says. A tool's own table goes first; then what sysexits.h and the
 * shells agree on; then {@link ErrorClass#TRANSIENT}, since most programs say 1 for everything and
 * a needless retry does less harm than a job given up.
 */
record ExitCodes(Map<Integer, ErrorClass> own) {
    private static final Map<Integer, ErrorClass> COMMON =
            Map.of(
                    64, ErrorClass.USER, // EX_USAGE
                    65, ErrorClass.USER, // EX_DATAERR
                    66, ErrorClass.USER, // EX_NOINPUT
                    75, ErrorClass.TRANSIENT, // EX_TEMPFAIL
                    78, ErrorClass.CONFIGURATION, // EX_CONFIG
                    126, ErrorClass.CONFIGURATION, // found, but can't be executed
                    127, ErrorClass.CONFIGURATION); // not found

    ExitCodes {
        own = Map.copyOf(own);
    }

    ErrorClass of(int code) {
        ErrorClass declared = own.get(code);
        return declared != null ? declared : COMMON.getOrDefault(code, ErrorClass.TRANSIENT);
    }

    /** The code as a person reads it: 128 and more is a signal. */
    static String text(int code) {
        return switch (code) {
            case 129 -> "was ended by SIGHUP";
            case 130 -> "was ended by SIGINT";
            case 134 -> "was ended by SIGABRT";
            case 137 -> "was ended by SIGKILL (the system does so when memory runs out)";
            case 139 -> "was ended by SIGSEGV";
            case 141 -> "was ended by SIGPIPE";
            case 143 -> "was ended by SIGTERM";
            default -> "exited with " + code;
        };
    }
}
