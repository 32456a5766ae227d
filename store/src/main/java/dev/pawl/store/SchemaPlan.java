package dev.pawl.store;

import java.util.List;

/**
 * What has to be done to a database before this program can use it.
 *
 * @param database where it is, for people
 * @param found the version of its schema; 0 when it has none
 * @param wanted this program's
 * @param migrations from the one to the other, in their order; none where a newer schema lets this
 *     program go on
 */
public record SchemaPlan(String database, int found, int wanted, List<Migration> migrations) {
    public SchemaPlan {
        migrations = List.copyOf(migrations);
    }

    /** One file of statements, which takes the schema from the version before to its own. */
    public record Migration(int version, String name, String sql) {}
}
