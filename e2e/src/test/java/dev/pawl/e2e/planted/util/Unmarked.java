package dev.pawl.e2e.planted.util;

final class Unmarked {}
