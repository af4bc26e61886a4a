// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

/** Every meter of a registry as a JMX attribute, so that JMX and Prometheus cannot disagree. Durations are in seconds. */
final class MetersBean implements DynamicMBean, AutoCloseable {
    private static final Logger LOG = System.getLogger(MetersBean.class.getName());

    private final Supplier<MeterRegistry> registry;
    private final ObjectName name;
    private boolean registered;

    private MetersBean(Supplier<MeterRegistry> registry, ObjectName name) {
        this.registry = registry;
        this.name = name;
    }

    /**
     * Registers the bean as {@code io.holdfast:type=Meters,context=...}. Where another deployment has that name, such as on another
     * virtual host or as another version, it does without.
     */
    static MetersBean register(Supplier<MeterRegistry> registry, String context) {
        try {
            ObjectName name = new ObjectName("io.holdfast:type=Meters,context=" + ObjectName.quote(context));
            MetersBean bean = new MetersBean(registry, name);
            bean.register();
            return bean;
        } catch (JMException e) {
            throw new IllegalStateException("The JMX bean cannot be registered: " + e.getMessage(), e);
        }
    }

    /** The contexts that have a bean, in order. */
    static String contexts() {
        try {
            return server().queryNames(new ObjectName("io.holdfast:type=Meters,context=*"), null).stream()
                    .map(name -> ObjectName.unquote(name.getKeyProperty("context")))
                    .sorted()
                    .collect(Collectors.joining(", "));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private void register() throws JMException {
        try {
            server().registerMBean(this, name);
            registered = true;
        } catch (InstanceAlreadyExistsException e) {
            LOG.log(Level.WARNING, () -> "The meters are not in JMX, because another deployment has the name " + name);
        }
    }

    private Map<String, Double> read() {
        Map<String, Double> values = new TreeMap<>();
        for (Meter meter : registry.get().getMeters()) {
            String base = base(meter.getId());
            for (Measurement measurement : meter.measure()) {
                String statistic =
                        measurement.getStatistic().getTagValueRepresentation().toLowerCase(Locale.ROOT);
                boolean only = statistic.equals("value") || (statistic.equals("count") && !(meter instanceof Timer));
                values.put(only ? base : base + "." + statistic, measurement.getValue());
            }
            if (meter instanceof Timer timer) addBuckets(base, timer.takeSnapshot(), values);
        }
        return values;
    }

    private static void addBuckets(String base, HistogramSnapshot snapshot, Map<String, Double> values) {
        for (CountAtBucket bucket : snapshot.histogramCounts())
            values.put(base + ".le." + bucket.bucket(TimeUnit.SECONDS), bucket.count());
    }

    private static String base(Meter.Id id) {
        StringBuilder base = new StringBuilder(id.getName());
        for (Tag tag : id.getTags()) base.append('.').append(tag.getValue());
        return base.toString();
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException {
        Double value = read().get(attribute);
        if (value == null) throw new AttributeNotFoundException(attribute);
        return value;
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
        Map<String, Double> values = read();
        AttributeList list = new AttributeList();
        for (String attribute : attributes)
            if (values.containsKey(attribute)) list.add(new Attribute(attribute, values.get(attribute)));
        return list;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] attributes = read().keySet().stream()
                .map(key -> new MBeanAttributeInfo(key, "double", key, true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(MetersBean.class.getName(), "Holdfast's meters", attributes, null, null, null);
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " is read-only");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) throws ReflectionException {
        throw new ReflectionException(new NoSuchMethodException(action));
    }

    @Override
    public void close() {
        if (!registered) return;
        try {
            server().unregisterMBean(name);
        } catch (JMException e) {
            throw new IllegalStateException("The JMX bean cannot be removed: " + e.getMessage(), e);
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
