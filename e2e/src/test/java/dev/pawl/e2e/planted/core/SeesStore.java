package dev.pawl.e2e.planted.core;

import dev.pawl.e2e.planted.store.SeesTool;

record SeesStore(SeesTool fault) {}
