package dev.pawl.app.cli;

import dev.pawl.app.config.Setting;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code pawl config}: every value with where it comes from. */
public final class ConfigShow implements Command {
    @Override
    public String name() {
        return "config";
    }

    @Override
    public String summary() {
        return "Shows the effective configuration and where each value comes from.";
    }

    /** With a front, as a call that serves it would have it. */
    @Override
    public List<Flag<?>> flags() {
        return List.of(Fronts.FRONT);
    }

    @Override
    public ExitCode run(Call call) {
        Screen screen = call.screen();
        var table = new Table("KEY", "VALUE", "SOURCE");
        for (Setting setting : call.configuration().settings()) {
            if (screen.json()) {
                var object = new LinkedHashMap<String, Object>();
                object.put("key", setting.path());
                object.put("value", setting.shown());
                object.put("source", setting.source());
                screen.json(object);
            } else {
                Table.Paint paint = setting.isDefault() ? screen.style()::faint : t -> t;
                table.add(
                        Table.Cell.of(setting.path()),
                        Table.Cell.of(setting.shown(), paint),
                        Table.Cell.of(setting.source(), paint));
            }
        }
        if (!screen.json()) table.print(screen);
        return ExitCode.SUCCEEDED;
    }
}
