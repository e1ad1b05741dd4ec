import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config({ ignores: ["dist", "src/api/schema.d.ts"] }, js.configs.recommended, {
  files: ["**/*.{ts,tsx}"],
  extends: [tseslint.configs.recommendedTypeChecked, jsxA11y.flatConfigs.strict],
  plugins: { "react-hooks": reactHooks },
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: reactHooks.configs.recommended.rules,
});
