package io.portero;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks the rules of the architecture: the imports that each package may use, and what it must not know. */
@AnalyzeClasses(packages = "io.portero", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Each package, with the packages of this project that it may import. */
    private static final Map<String, Set<String>> IMPORTS = Map.ofEntries(
            Map.entry("policy", Set.of()),
            Map.entry("exec", Set.of()),
            Map.entry("files", Set.of()),
            Map.entry("exposure", Set.of("policy")),
            Map.entry("telephony", Set.of("policy")),
            Map.entry("doctor", Set.of("telephony", "exposure", "policy")),
            Map.entry("proposal", Set.of("safety", "telephony", "exposure", "policy")),
            Map.entry("migration", Set.of("proposal", "policy")),
            Map.entry("config", Set.of("files", "policy")),
            Map.entry("names", Set.of("policy")),
            Map.entry("lists", Set.of("names", "config", "policy")),
            Map.entry("compile", Set.of("policy")),
            Map.entry("plan", Set.of("compile", "policy")),
            Map.entry("apply", Set.of("plan", "compile", "policy")),
            Map.entry("drift", Set.of("plan", "compile")),
            Map.entry("state", Set.of("files", "apply", "names", "lists", "plan", "policy")),
            Map.entry("safety", Set.of("telephony", "exposure", "state", "policy")),
            Map.entry("bans", Set.of("safety", "state", "config", "apply", "plan", "compile", "policy")),
            Map.entry("stage", Set.of("state", "config", "apply", "compile", "policy")),
            Map.entry("guests", Set.of("bans", "state", "apply", "plan", "compile", "policy")),
            Map.entry("revocation", Set.of("safety", "apply", "plan", "compile", "policy")),
            Map.entry(
                    "enforce",
                    Set.of(
                            "revocation",
                            "bans",
                            "guests",
                            "safety",
                            "state",
                            "apply",
                            "plan",
                            "compile",
                            "config",
                            "policy")),
            Map.entry(
                    "events",
                    Set.of(
                            "bans", "guests", "stage", "safety", "names", "lists", "drift", "apply", "config",
                            "policy")),
            Map.entry(
                    "reconcile",
                    Set.of(
                            "events",
                            "enforce",
                            "revocation",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "state",
                            "names",
                            "lists",
                            "drift",
                            "apply",
                            "plan",
                            "compile",
                            "config",
                            "policy")),
            Map.entry("loop", Set.of("reconcile", "events", "apply", "plan", "compile", "config")),
            Map.entry(
                    "control",
                    Set.of(
                            "loop",
                            "events",
                            "reconcile",
                            "files",
                            "state",
                            "lists",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "apply",
                            "policy")),
            Map.entry(
                    "status",
                    Set.of(
                            "events",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "state",
                            "exposure",
                            "names",
                            "lists",
                            "drift",
                            "apply",
                            "compile",
                            "config",
                            "policy")),
            Map.entry("trace", Set.of("compile", "policy")),
            Map.entry("nft", Set.of("trace", "stage", "drift", "apply", "plan", "compile", "policy", "exec")),
            Map.entry("host", Set.of("safety", "doctor", "telephony", "exposure", "policy", "exec")),
            Map.entry(
                    "metrics",
                    Set.of(
                            "status",
                            "doctor",
                            "events",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "state",
                            "exposure",
                            "names",
                            "lists",
                            "drift",
                            "apply",
                            "plan",
                            "compile",
                            "config",
                            "policy")),
            Map.entry(
                    "http",
                    Set.of(
                            "files",
                            "status",
                            "events",
                            "loop",
                            "reconcile",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "state",
                            "drift",
                            "apply",
                            "plan",
                            "compile",
                            "config",
                            "policy")),
            Map.entry("systemd", Set.of("loop", "events", "apply", "exec")),
            Map.entry("lab", Set.of("exec", "policy")),
            // The fleet service is a separate process: nothing of the pipeline imports it.
            Map.entry("fleet", Set.of("exec", "files", "state", "status", "config", "policy")),
            Map.entry("fleet.nats", Set.of("fleet")),
            Map.entry("fleet.https", Set.of("fleet")),
            Map.entry("demo", Set.of("lab", "exec", "policy", "config")),
            Map.entry(
                    "cli",
                    Set.of(
                            "fleet",
                            "exec",
                            "files",
                            "control",
                            "trace",
                            "telephony",
                            "doctor",
                            "proposal",
                            "migration",
                            "exposure",
                            "status",
                            "enforce",
                            "bans",
                            "guests",
                            "stage",
                            "safety",
                            "state",
                            "names",
                            "lists",
                            "drift",
                            "apply",
                            "plan",
                            "compile",
                            "config",
                            "policy")));

    private static final String[] PURE = {
        "io.portero.policy..",
        "io.portero.compile..",
        "io.portero.plan..",
        "io.portero.trace..",
        "io.portero.exposure..",
        "io.portero.telephony..",
        "io.portero.doctor..",
        "io.portero.proposal.."
    };
    private static final String[] EDGE = {
        "io.portero", "io.portero.metrics..", "io.portero.http..", "io.portero.systemd..", "io.portero.cli.."
    };

    @ArchTest
    static void everyPackageImportsOnlyWhatThePlanAllows(JavaClasses house) {
        var broken = new TreeSet<String>();
        for (var room : house) {
            var from = packageOf(room);
            for (var dependency : room.getDirectDependenciesFromSelf()) {
                var to = packageOf(dependency.getTargetClass());
                if (!from.isEmpty() && isOurs(dependency.getTargetClass()) && !allowed(from, to)) {
                    broken.add(dependency.getDescription());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @ArchTest
    static void thePlanNamesEveryPackage(JavaClasses house) {
        var packages = new TreeSet<String>();
        house.forEach(room -> packages.add(packageOf(room)));
        packages.remove("");
        assertThat(IMPORTS.keySet()).containsAll(packages);
    }

    private static boolean allowed(String from, String to) {
        return from.equals(to) || IMPORTS.getOrDefault(from, Set.of()).contains(to);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals("io.portero")
                || type.getPackageName().startsWith("io.portero.");
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().replaceFirst("^io\\.portero\\.?", "");
    }

    @ArchTest
    static final ArchRule noCircles =
            slices().matching("io.portero.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theCoreIsPure = classes()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.portero..",
                    "java.lang..",
                    "java.util..",
                    "java.net..",
                    "java.time..",
                    "java.nio.charset..",
                    "org.jspecify..",
                    "");

    @ArchTest
    static final ArchRule onlyExecStartsProcesses = noClasses()
            .that()
            .resideOutsideOfPackage("io.portero.exec..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder");

    @ArchTest
    static final ArchRule onlyNamesKnowsDns = noClasses()
            .that()
            .resideOutsideOfPackage("io.portero.names..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.xbill..");

    @ArchTest
    static final ArchRule onlyOnePackageKnowsNats = noClasses()
            .that()
            .resideOutsideOfPackage("io.portero.fleet.nats..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nats..");

    @ArchTest
    static final ArchRule onlyMetricsKnowsMicrometer = noClasses()
            .that()
            .resideOutsideOfPackages("io.portero.metrics..", "io.portero")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule onlyTheEdgeKnowsTheFramework = noClasses()
            .that(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(EDGE)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "jakarta..", "io.vertx..");
}
