package dev.pawl.e2e.planted.core;

public class OpenToAll {}
