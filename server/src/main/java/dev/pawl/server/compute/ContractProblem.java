package dev.pawl.server.compute;

import java.nio.file.Path;

/**
 * A mistake in a contract's folder.
 *
 * @param file the file, or the folder that lacks one
 * @param reason what is wrong
 * @param served whether the contract is served all the same
 */
public record ContractProblem(Path file, String reason, boolean served) {
    @Override
    public String toString() {
        return "%s: %s%s".formatted(file, reason, served ? "" : "; this contract is not served");
    }
}
