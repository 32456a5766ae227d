package dev.pawl.e2e.planted.core;

final class ReadsClock {
    long fault() {
        return System.nanoTime();
    }
}
