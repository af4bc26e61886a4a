// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** The settings of this start: options are read one by one, then {@link #refuseFaults()} speaks for all of them. */
public final class Settings {
    private static final Logger LOG = System.getLogger(Settings.class.getName());
    private static final String PREFIX = "holdfast.";
    private static final String ENVIRONMENT = "EnvConfigSource", PROPERTIES = "PropertiesConfigSource[source=";

    private final SmallRyeConfig config;
    private final List<ConfigSource> closed;
    private final Set<String> variables;
    private final List<Option<?>> asked = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    private Settings(SmallRyeConfig config, List<ConfigSource> closed, Set<String> variables) {
        this.config = config;
        this.closed = closed;
        this.variables = variables;
    }

    /**
     * Opens the sources.
     *
     * @param system the system properties; only those that begin with {@code holdfast.} count
     * @param environment the environment, with defaults in it that every other source outranks
     * @param file the settings file, if there is one; keys in it have no prefix
     * @param directory the settings of this application alone, by full key, such as JNDI; all other sources are those of its server
     * @throws SettingsException if the file cannot be read
     */
    public static Settings open(
            Properties system,
            Map<String, String> environment,
            Optional<Path> file,
            Function<String, Optional<String>> directory) {
        List<ConfigSource> closed = new ArrayList<>();
        closed.add(new PropertiesConfigSource(ours(system), "a system property", 400));
        file.ifPresent(path -> closed.add(new PropertiesConfigSource(prefixed(path), path.toString(), 200)));
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .forClassLoader(Settings.class.getClassLoader())
                .withSources(closed.toArray(ConfigSource[]::new))
                .withSources(
                        new EnvConfigSource(environment, 300),
                        new AskedSource("JNDI", 500, directory),
                        new AskedSource(
                                "a default of the environment",
                                50,
                                key -> Optional.ofNullable(
                                        environment.get(Variables.ofDefault(key.substring(PREFIX.length()))))))
                .build();
        return new Settings(config, closed, Set.copyOf(environment.keySet()));
    }

    private static Map<String, String> ours(Properties system) {
        Map<String, String> ours = new HashMap<>();
        for (String name : system.stringPropertyNames())
            if (name.startsWith(PREFIX)) ours.put(name, system.getProperty(name));
        return ours;
    }

    private static Map<String, String> prefixed(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "there is none" : e.getMessage();
            throw new SettingsException(List.of("The settings file " + file + " cannot be read: " + why + "."), e);
        }
        Map<String, String> prefixed = new HashMap<>();
        for (String name : properties.stringPropertyNames()) prefixed.put(PREFIX + name, properties.getProperty(name));
        return prefixed;
    }

    /** The value of the option, or its default; a value that breaks the rule is noted as a fault, and the default stands in. */
    public <T> T get(Option<T> option) {
        asked.add(option);
        ConfigValue value = config.getConfigValue(PREFIX + option.key());
        String text = value.getRawValue();
        if (text == null) return option.parser().apply(option.otherwise());
        try {
            return option.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            fault(option, text.strip(), named(value.getSourceName()));
            return option.parser().apply(option.otherwise());
        }
    }

    private void fault(Option<?> option, String text, String source) {
        faults.add(option.key() + " must be " + option.rule() + ", not '" + text + "' (from " + source + ").");
    }

    /** The name of a source as we gave it, without what the library puts around it. */
    private static String named(String source) {
        if (source.equals(ENVIRONMENT)) return "the environment";
        return source.startsWith(PROPERTIES) ? source.substring(PROPERTIES.length(), source.length() - 1) : source;
    }

    /** Notes a fault that concerns several options together. */
    public void fault(String sentence) {
        faults.add(sentence);
    }

    /** The options that were asked for, in order. */
    public List<Option<?>> asked() {
        return List.copyOf(asked);
    }

    /**
     * Speaks when everything has been read. Variables of the environment that nobody knows are only warned of: it is shared,
     * and may have others that are called so.
     *
     * @throws SettingsException naming every fault, and every key that is set and not known
     */
    public void refuseFaults() {
        TreeSet<String> known = new TreeSet<>(List.of("config"));
        asked.forEach(option -> known.add(option.key()));
        for (ConfigSource source : closed)
            for (String name : new TreeSet<>(source.getPropertyNames())) {
                String key = name.substring(PREFIX.length());
                if (!known.contains(key))
                    faults.add(key + " is not a setting" + Nearest.hint(key, known) + " (from "
                            + named(source.getName()) + ").");
            }
        warnOfStrangers();
        if (!faults.isEmpty()) throw new SettingsException(faults, null);
    }

    private void warnOfStrangers() {
        List<String> strangers =
                Variables.strangers(variables, asked.stream().map(Option::key).toList());
        if (!strangers.isEmpty())
            LOG.log(Level.WARNING, () -> "Ignored, in the environment: " + String.join(", ", strangers));
    }
}
