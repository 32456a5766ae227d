package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration.ColorMode;
import java.nio.file.Path;
import java.util.List;

/** The flags that every command has. */
final class Globals {
    static final Flag<Path> DATA =
            Flag.path("--data", "DIR", "Folder that holds everything (default: ./pawl-data).");
    static final Flag<String> STORE =
            Flag.text(
                    "--store",
                    "URL",
                    "PostgreSQL database with the jobs: postgres://USER@HOST/NAME.");
    static final Flag<Path> TOOLS =
            Flag.path("--tools", "DIR", "Folder with more tool files; may be repeated.").repeated();
    static final Flag<Path> CONFIG =
            Flag.path("--config", "FILE", "Configuration (default: ./pawl.yaml if there is one).");
    static final Flag<Boolean> JSON =
            Flag.on("--json", "Answer in JSON on stdout, one object per line.");
    static final Flag<ColorMode> COLOR =
            Flag.choice("--color", ColorMode.class, "Whether text is coloured (default: auto).");
    static final Flag<Boolean> DEBUG =
            Flag.on("--debug", "Log more, and show where an error comes from.");

    static final Flag<String> SERVER =
            Flag.text("--server", "URL", "Work on this server's jobs, not on a data folder's.");
    static final Flag<String> PROFILE =
            Flag.text("--profile", "NAME", "Configuration ~/.config/pawl/NAME.yaml.");

    static final List<Flag<?>> ALL =
            List.of(DATA, STORE, SERVER, PROFILE, TOOLS, CONFIG, JSON, COLOR, DEBUG);

    private Globals() {}
}
