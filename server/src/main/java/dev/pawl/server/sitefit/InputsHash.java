package dev.pawl.server.sitefit;

import dev.pawl.core.ToolId;
import dev.pawl.tool.PythonJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The {@code inputs_hash} of the original: which inputs of a contract are the same. */
final class InputsHash {
    private InputsHash() {}

    /**
     * SHA-256 in hex of the inputs as Python's {@code json.dumps} writes them, then the
     * definition's name, then its version.
     *
     * @param inputs as they were submitted, without defaults, as {@link PythonJson} writes them
     */
    static String of(String inputs, ToolId contract) {
        String text = inputs + contract.name() + contract.version();
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
