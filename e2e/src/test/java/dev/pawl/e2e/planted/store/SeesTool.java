package dev.pawl.e2e.planted.store;

import dev.pawl.e2e.planted.tool.ToolHelper;
import java.util.List;

public record SeesTool(List<ToolHelper> fault) {
    static final Class<?> BACK = dev.pawl.e2e.planted.core.OpenToAll.class;
}
