package dev.pawl.e2e.planted.server;

import dev.pawl.e2e.planted.store.SeesTool;

record SeesStore(SeesTool fault) {}
