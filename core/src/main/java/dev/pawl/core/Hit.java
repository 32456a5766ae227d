package dev.pawl.core;

/** A queued job that has not run, and the kept result that answers it. */
public record Hit(JobId job, Kept kept) {}
