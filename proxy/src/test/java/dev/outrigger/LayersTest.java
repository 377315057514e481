package dev.outrigger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the floors: imports only go down, and packages on one floor never import each other. */
class LayersTest {
    private static final String ROOT = "dev.outrigger.";

    /** From the bottom; the index is the floor. Two packages on one floor are strangers. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("config.model"),
            List.of("config.load", "config.readiness", "time", "failure", "json", "inject"),
            List.of("mcp", "record"),
            List.of("http", "resilience", "cache", "security"),
            List.of("transport", "route"),
            List.of("upstream"),
            List.of("runtime"),
            List.of("exchange"),
            List.of("listener", "admin", "telemetry", "bridge", "demo", "interception"),
            List.of("warmup"),
            List.of("app"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outrigger");

    @Test
    void importsGoDownOnly() {
        classes().should(importOnlyLowerFloors()).check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(ROOT + "(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theConfigurationKnowsNothingOfNetty() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "app..")
                .should(ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /** Everyone logs through {@link System.Logger}; what is behind it is telemetry's matter, and installed by {@code app}. */
    @Test
    void nobodyLogsPastTheApplicationLog() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "app..", ROOT + "telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = CLASSES.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(candidate -> !candidate.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .sorted()
                .toList();

        assertEquals(List.of(), unmarked, "packages without a @NullMarked package-info");
    }

    private static ArchCondition<JavaClass> importOnlyLowerFloors() {
        Map<String, Integer> floors = floors();
        return new ArchCondition<>("import only from lower floors") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                Optional<String> home = home(floors, origin);
                if (home.isEmpty()) {
                    events.add(SimpleConditionEvent.violated(origin, origin.getName() + " stands on no floor"));
                    return;
                }
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    Optional<String> target = home(floors, dependency.getTargetClass());
                    if (target.isPresent()
                            && !target.equals(home)
                            && floors.get(target.get()) >= floors.get(home.get())) {
                        events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static Map<String, Integer> floors() {
        Map<String, Integer> floors = new TreeMap<>();
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            for (String name : FLOORS.get(floor)) {
                floors.put(name, floor);
            }
        }
        return floors;
    }

    /** The package with a floor that a class belongs to, itself or through a package above it. */
    private static Optional<String> home(Map<String, Integer> floors, JavaClass type) {
        String inside = type.getPackageName() + '.';
        return floors.keySet().stream()
                .filter(name -> inside.startsWith(ROOT + name + '.'))
                .findFirst();
    }
}
