package dev.pawl.e2e.planted.tool;

import dev.pawl.e2e.planted.store.SeesTool;

public record ToolHelper(SeesTool fault) {}
