package dev.pawl.e2e.planted.api;

import dev.pawl.e2e.planted.tool.ToolHelper;

record SeesTool(ToolHelper fault) {}
