package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The shape of the document walk and the mapping of the reader have the same keys. */
class ShapeTest {
    @Test
    void hasTheSameKeysAsTheMapping() {
        var walked = new TreeSet<String>();
        collect(Shape.FILE, "", walked);
        var mapped = new TreeSet<String>();
        ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(PolicyFile.class))
                .keySet()
                .forEach(name -> mapped.add(name.replace("[*]", "")));
        mapped.add("groups.*"); // missing in that list, because it is a map with optional values
        assertThat(walked).isEqualTo(mapped);
    }

    private static void collect(Shape shape, String key, TreeSet<String> keys) {
        switch (shape) {
            case Shape.Section section ->
                section.keys().forEach((name, value) -> collect(value, key.isEmpty() ? name : key + "." + name, keys));
            case Shape.Named named -> collect(named.value(), key + ".*", keys);
            case Shape.Items items -> collect(items.item(), key, keys);
            case Shape.Words words -> keys.add(key);
            case Shape.Members members -> keys.add(key);
            case Shape.Word word -> keys.add(key);
            case Shape.WordOr word -> keys.add(key);
            case Shape.Truth truth -> keys.add(key);
        }
    }
}
