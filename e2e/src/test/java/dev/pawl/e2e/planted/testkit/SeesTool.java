package dev.pawl.e2e.planted.testkit;

import dev.pawl.e2e.planted.tool.ToolHelper;

record SeesTool(ToolHelper fault) {}
