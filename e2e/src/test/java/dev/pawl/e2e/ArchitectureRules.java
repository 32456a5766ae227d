package dev.pawl.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules, for any root package: the real one, and the one with planted faults that shows that
 * each rule can fail.
 *
 * @param root the package that holds one package per module
 */
record ArchitectureRules(String root) {
    /** What each module may see of ours. A module that is not a key may see every other. */
    private static final Map<String, List<String>> ARROWS =
            Map.of(
                    "core", List.of(),
                    "tool", List.of("core"),
                    "store", List.of("core"),
                    "artifact", List.of("core"),
                    "testkit", List.of("core"),
                    "worker", List.of("core", "tool"),
                    "api", List.of("core"),
                    "server", List.of("core", "tool", "api"));

    private static final List<String> MODULES =
            List.of(
                    "core",
                    "tool",
                    "store",
                    "artifact",
                    "testkit",
                    "worker",
                    "api",
                    "server",
                    "app",
                    "bench",
                    "e2e");

    private static final Set<String> VAGUE_PACKAGES =
            Set.of("util", "utils", "common", "impl", "model", "dto", "helper", "misc");

    private static final String VAGUE_NAME =
            "(Abstract.*)|(.*(Utils?|Helper|Manager|Impl|Service|Processor|Wrapper))";

    /** Every rule under a short name; the planted faults are looked up by it. */
    Map<String, ArchRule> all() {
        var rules = new LinkedHashMap<String, ArchRule>();
        ARROWS.forEach((module, seen) -> rules.put("arrows of " + module, arrows(module, seen)));
        rules.put("core is pure", coreIsPure());
        rules.put("core starts no thread", coreStartsNoThread());
        rules.put("only store speaks JDBC", onlyStoreSpeaksJdbc());
        rules.put("connections are passed on", connectionsArePassedOn());
        rules.put("one clock", oneClock());
        rules.put("only app exits", onlyAppExits());
        rules.put("no cycles", slices().matching(root + ".(**)").should().beFreeOfCycles());
        rules.put("no vague class names", noVagueClassNames());
        rules.put("no vague packages", noVaguePackages());
        rules.put("null-marked", nullMarked());
        rules.put("public is final", publicIsFinal());
        rules.replaceAll((_, rule) -> rule.allowEmptyShould(true));
        return rules;
    }

    private ArchRule arrows(String module, List<String> seen) {
        var hidden = new ArrayList<>(MODULES);
        hidden.remove(module);
        hidden.removeAll(seen);
        return noClasses()
                .that(resideInAnyPackage(in(module)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(in(hidden.toArray(String[]::new))))
                .because(module + " sees " + (seen.isEmpty() ? "nothing of ours" : seen));
    }

    private ArchRule coreIsPure() {
        return noClasses()
                .that(resideInAnyPackage(in("core")))
                .and(not(passesConnectionsOn()))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.sql..",
                                "javax.sql..",
                                "java.net.http..",
                                "com.sun.net..",
                                "tools.jackson..",
                                "com.fasterxml..",
                                "com.networknt.."))
                .because("the model and its life cycle are read, tested and simulated alone");
    }

    private ArchRule coreStartsNoThread() {
        return noClasses()
                .that(resideInAnyPackage(in("core")))
                .should()
                .callCodeUnitWhere(
                        calls(
                                "starts a thread",
                                target ->
                                        target.getOwner().getName().matches(STARTS_THREADS)
                                                || (target.getOwner().isEquivalentTo(Thread.class)
                                                        && target.getName()
                                                                .matches(
                                                                        "<init>|start.*|ofVirtual|ofPlatform"))))
                .because("who starts a thread must own it; in core nobody can");
    }

    private static final String STARTS_THREADS =
            "java\\.util\\.concurrent\\.(Executors|CompletableFuture|ForkJoinPool|ThreadPoolExecutor"
                + "|StructuredTaskScope)|java\\.util\\.Timer";

    private ArchRule onlyStoreSpeaksJdbc() {
        return noClasses()
                .that(not(resideInAnyPackage(in("store", "bench", "e2e"))))
                .and(not(isOrIsIn(root + ".testkit.PostgresServer")))
                .and(not(passesConnectionsOn()))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql.."))
                .because(
                        "SQL is in one place; bench has the bare loops to compare with, and a"
                                + " server for tests makes its databases");
    }

    /** What stands between a caller's connection and the store. */
    private DescribedPredicate<JavaClass> passesConnectionsOn() {
        return isOrIsIn(root + ".core.Transactions")
                .or(isOrIsIn(root + ".worker.Pawl"))
                .or(isOrIsIn(root + ".worker.OpenTransaction"))
                .or(isOrIsIn(root + ".worker.executor.Transaction"));
    }

    private ArchRule connectionsArePassedOn() {
        return noClasses()
                .that(passesConnectionsOn())
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.sql..")
                                .and(not(describe("Connection", ArchitectureRules::connection))))
                .orShould()
                .callCodeUnitWhere(
                        calls("is a connection's", target -> connection(target.getOwner())))
                .because("a caller's connection is theirs: only store knows what to say on it");
    }

    private static boolean connection(JavaClass type) {
        return type.getName().equals("java.sql.Connection");
    }

    private ArchRule oneClock() {
        return noClasses()
                .that(not(isOrIsIn(root + ".core.SystemTime")))
                .and(not(isOrIsIn(root + ".app.Main")))
                .and(not(resideInAnyPackage(in("bench", "e2e"))))
                .should()
                .callCodeUnitWhere(calls("reads a clock, sleeps or draws", this::clockOrChance))
                .because("all time and chance is injected, or no simulation could replay it");
    }

    private boolean clockOrChance(AccessTarget.CodeUnitCallTarget target) {
        var type = target.getOwner().getName();
        var name = target.getName();
        return switch (type) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.lang.Thread" -> name.equals("sleep");
            case "java.lang.Math" -> name.equals("random");
            case "java.util.UUID" -> name.equals("randomUUID");
            case "java.util.Random", "java.util.SplittableRandom" ->
                    name.equals("<init>") && target.getRawParameterTypes().isEmpty();
            case "java.util.concurrent.ThreadLocalRandom" -> name.equals("current");
            case "java.util.random.RandomGenerator" ->
                    name.equals("getDefault") || name.equals("of");
            case "java.security.SecureRandom" ->
                    name.equals("<init>") || name.startsWith("getInstance");
            case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
            case "java.time.InstantSource" -> name.equals("system");
            default -> type.startsWith("java.time.") && name.equals("now");
        };
    }

    private ArchRule onlyAppExits() {
        return noClasses()
                .that(not(resideInAnyPackage(in("app", "bench", "e2e"))))
                .should()
                .callCodeUnitWhere(
                        calls(
                                "ends the JVM",
                                target ->
                                        (target.getOwner().isEquivalentTo(System.class)
                                                        && target.getName().equals("exit"))
                                                || (target.getOwner().isEquivalentTo(Runtime.class)
                                                        && target.getName().matches("exit|halt"))))
                .because("the rest is a library in somebody's process");
    }

    private ArchRule noVagueClassNames() {
        return noClasses()
                .should()
                .haveNameMatching("(.*[.$])?(" + VAGUE_NAME + ")")
                .because("such a name says nothing of what the class is for");
    }

    private ArchRule noVaguePackages() {
        return classes()
                .should(
                        check(
                                "be in a package whose name says something",
                                type ->
                                        Arrays.stream(type.getPackageName().split("\\."))
                                                .noneMatch(VAGUE_PACKAGES::contains)))
                .because("what would go there belongs beside its one user");
    }

    private ArchRule nullMarked() {
        return classes()
                .should(
                        check(
                                "be in a package that is @NullMarked in its package-info",
                                type -> type.getPackage().isAnnotatedWith(NullMarked.class)))
                .because("a null that nobody declared is a bug");
    }

    private ArchRule publicIsFinal() {
        return classes()
                .that(describe("are public classes", ArchitectureRules::publicClass))
                .should(
                        check(
                                "be final, abstract, sealed, or an exception",
                                type ->
                                        type.getModifiers().contains(JavaModifier.FINAL)
                                                || type.getModifiers()
                                                        .contains(JavaModifier.ABSTRACT)
                                                || type.isAssignableTo(Throwable.class)
                                                || type.reflect().isSealed()))
                .because("nobody outside extends what was not made for it");
    }

    private static boolean publicClass(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.isInterface()
                && !type.isEnum()
                && !type.isRecord()
                && !type.getSimpleName().equals("package-info");
    }

    private String[] in(String... modules) {
        return Stream.of(modules).map(module -> root + "." + module + "..").toArray(String[]::new);
    }

    private static DescribedPredicate<JavaClass> isOrIsIn(String name) {
        return describe(
                "is " + name,
                type -> type.getName().equals(name) || type.getName().startsWith(name + "$"));
    }

    private static DescribedPredicate<JavaCall<?>> calls(
            String what, java.util.function.Predicate<AccessTarget.CodeUnitCallTarget> wanted) {
        return describe(what, call -> wanted.test(call.getTarget()));
    }

    private static ArchCondition<JavaClass> check(
            String what, java.util.function.Predicate<JavaClass> holds) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                var message = type.getName() + (holds.test(type) ? " does " : " does not ") + what;
                events.add(new SimpleConditionEvent(type, holds.test(type), message));
            }
        };
    }
}
