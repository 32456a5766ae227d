package dev.pawl.worker.executor;

import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;

/** A tool that is a command, with what it says about that. */
record CommandTool(Tool tool, Run.Command run) {}
