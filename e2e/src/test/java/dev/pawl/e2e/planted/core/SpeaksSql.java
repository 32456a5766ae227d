package dev.pawl.e2e.planted.core;

import java.sql.Connection;

record SpeaksSql(Connection fault) {}
