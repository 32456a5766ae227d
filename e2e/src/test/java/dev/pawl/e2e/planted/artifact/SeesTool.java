package dev.pawl.e2e.planted.artifact;

import dev.pawl.e2e.planted.tool.ToolHelper;

record SeesTool(ToolHelper fault) {}
