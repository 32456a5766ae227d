package dev.pawl.e2e.planted.worker;

record SeesStore(dev.pawl.e2e.planted.store.SeesTool fault) {}
