package dev.pawl.worker.executor;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.ValueInstantiators;
import tools.jackson.databind.deser.std.StdValueInstantiator;
import tools.jackson.databind.module.SimpleModule;

/**
 * Makes records by their constructors. Jackson itself does it by method handles, which it adapts to
 * the arguments anew for each record.
 */
final class PlainRecords extends SimpleModule {
    private static final long serialVersionUID = 1;

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addValueInstantiators(new OfRecords());
    }

    private static final class OfRecords extends ValueInstantiators.Base {
        @Override
        public ValueInstantiator modifyValueInstantiator(
                DeserializationConfig config,
                BeanDescription.Supplier type,
                ValueInstantiator usual) {
            // A type of its own has reasons of its own.
            return type.getBeanClass().isRecord()
                            && usual.getClass() == StdValueInstantiator.class
                            && usual.getWithArgsCreator() != null
                            && usual.getWithArgsCreator().getAnnotated()
                                    instanceof Constructor<?> constructor
                            && constructor.trySetAccessible()
                    ? new ByConstructor((StdValueInstantiator) usual, constructor)
                    : usual;
        }
    }

    private static final class ByConstructor extends StdValueInstantiator {
        private final Constructor<?> constructor;

        ByConstructor(StdValueInstantiator usual, Constructor<?> constructor) {
            super(usual);
            this.constructor = constructor;
        }

        @Override
        public Object createFromObjectWith(DeserializationContext context, Object[] arguments) {
            try {
                return constructor.newInstance(arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Error error) throw error;
                return refused(context, arguments, e);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                return refused(context, arguments, e);
            }
        }

        private Object refused(DeserializationContext context, Object[] arguments, Exception why) {
            return context.handleInstantiationProblem(
                    getValueClass(), arguments, rewrapCtorProblem(context, why));
        }
    }
}
